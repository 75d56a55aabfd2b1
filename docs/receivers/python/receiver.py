"""A receiver of webhooks: verifies, answers the challenge, and takes each notice
once. It needs the standard library alone; run it with the secret in
WEBHOOK_SECRET."""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

SECRET = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
lock = Lock()
seen = set()  # ids that were taken: a notice may come twice
last = ""  # the id that came last; keep it where it survives a restart


def verified(headers, body):
    """Whether one of the signatures is that of our secret, and not old."""
    ident, stamp = headers["webhook-id"] or "", headers["webhook-timestamp"] or ""
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
        return False
    signed = ident.encode() + b"." + stamp.encode() + b"." + body
    ours = "v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(ours, theirs) for theirs in (headers["webhook-signature"] or "").split())


def take(message):
    """This is where your work goes. Where previous is not the last id, something
    is missing: ask GET /v1/notices?after=... for it."""
    global last
    with lock:
        if message["type"] == "depositary.ping" or message["id"] in seen:
            return
        hole = last != "" and message.get("previous", "") != last
        seen.add(message["id"])
        last = message["id"]
        print(json.dumps({"id": message["id"], "type": message["type"], "hole": hole, "data": message["data"]}), flush=True)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(min(int(self.headers["content-length"] or 0), 1 << 20))
        if not verified(self.headers, body):
            self.answer(401, b"not verified")
            return
        message = json.loads(body)
        if message["type"] == "depositary.challenge":
            self.answer(200, message["data"]["challenge"].encode())
            return
        take(message)
        self.answer(204, b"")

    def answer(self, status, body):
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Receiver)
print("listening on 127.0.0.1:%d" % server.server_port, file=sys.stderr, flush=True)
server.serve_forever()
