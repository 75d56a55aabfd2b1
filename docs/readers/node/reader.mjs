// The reader follows notices through NATS and prints a line for each. It keeps the
// sequence of the last one in a file, and goes on behind it.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { jetstream } from "@nats-io/jetstream";
import { connect, delay } from "@nats-io/transport-node";

const state = process.argv[2] ?? "reader.state";
const filter = process.argv[3] ?? "depositary.notices.>";

const connection = await connect({
  servers: process.env.NATS_URL ?? "nats://127.0.0.1:4222",
  user: process.env.NATS_USER,
  pass: process.env.NATS_PASSWORD,
  maxReconnectAttempts: -1,
});

let last = existsSync(state) ? Number(readFileSync(state, "utf8")) : 0;

async function follow() {
  const consumer = await jetstream(connection).consumers.get("NOTICES", { filter_subjects: [filter], opt_start_seq: last + 1 });
  for await (const message of await consumer.consume()) {
    const event = message.json();
    console.log(event.id, event.data.kind, event.data.title);
    last = message.seq;
    writeFileSync(state + ".new", String(last));
    renameSync(state + ".new", state);
  }
}

for (;;) {
  try {
    await follow();
  } catch (error) {
    console.error("it goes on where it was:", error.message);
  }
  await delay(1000);
}
