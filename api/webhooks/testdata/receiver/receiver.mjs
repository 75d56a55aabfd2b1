// Verifies each delivery with two libraries and reads it with a third, and tells
// the test what it found, a line for each request.
import { createServer } from "node:http";
import { HTTP } from "cloudevents";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";

const secret = process.env.WEBHOOK_SECRET;

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  try {
    new Standard(secret).verify(body, request.headers);
    new Svix(secret).verify(body, request.headers);
    const event = HTTP.toEvent({ headers: request.headers, body });
    event.validate();
    if (event.type === "depositary.challenge") {
      response.end(event.data.challenge);
      return;
    }
    console.log(JSON.stringify({ id: event.id, webhook: request.headers["webhook-id"], type: event.type, subject: event.subject, previous: event.previous ?? "", sequence: event.sequence, title: event.data.title ?? "" }));
    response.writeHead(204).end();
  } catch (problem) {
    console.log(JSON.stringify({ problem: String(problem) }));
    response.writeHead(401).end();
  }
});

server.listen(0, "127.0.0.1", () => console.error(`listening on 127.0.0.1:${server.address().port}`));
