// A receiver of webhooks: verifies, answers the challenge, and takes each notice
// once. npm install standardwebhooks; run it with the secret in WEBHOOK_SECRET.
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const seen = new Set(); // ids that were taken: a notice may come twice
let last = ""; // the id that came last; keep it where it survives a restart

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  let message;
  try {
    message = webhook.verify(body, request.headers);
  } catch {
    response.writeHead(401).end("not verified");
    return;
  }
  if (message.type === "depositary.challenge") {
    response.end(message.data.challenge);
    return;
  }
  if (message.type !== "depositary.ping" && !seen.has(message.id)) take(message);
  response.writeHead(204).end();
});

// This is where your work goes. Where previous is not the last id, something is
// missing: ask GET /v1/notices?after=… for it.
function take(message) {
  const hole = last !== "" && message.previous !== last;
  seen.add(message.id);
  last = message.id;
  console.log(JSON.stringify({ id: message.id, type: message.type, hole, data: message.data }));
}

server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => console.error(`listening on 127.0.0.1:${server.address().port}`));
