// The reader follows the notices about a participant through NATS and prints a line
// for each. The server keeps how far it has come, under the name of its consumer.
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

const name = process.argv[2] ?? "reader";
const filter = process.argv[3] ?? "depositary.notices.>";

const connection = await connect({
  servers: process.env.NATS_URL ?? "nats://127.0.0.1:4222",
  user: process.env.NATS_USER,
  pass: process.env.NATS_PASSWORD,
  maxReconnectAttempts: -1,
});
const manager = await jetstreamManager(connection);
await manager.consumers.info("NOTICES", name).catch(() => // the first time
  manager.consumers.add("NOTICES", { durable_name: name, filter_subject: filter, ack_policy: AckPolicy.Explicit, max_ack_pending: 1 }));

const consumer = await jetstream(connection).consumers.get("NOTICES", name);
for await (const message of await consumer.consume()) {
  const event = message.json();
  console.log(event.id, event.data.kind, event.data.title);
  await message.ackAck(); // when it was dealt with
}
