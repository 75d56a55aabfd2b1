"""Follows the notices about a participant through NATS and prints a line for each.

The server keeps how far it has come, under the name of its consumer.
Needs the package nats-py.
"""

import asyncio
import json
import os
import sys

import nats
from nats.errors import TimeoutError
from nats.js.api import AckPolicy, ConsumerConfig


async def main(name="reader", subjects="depositary.notices.>"):
    connection = await nats.connect(
        os.environ.get("NATS_URL", "nats://127.0.0.1:4222"),
        user=os.environ.get("NATS_USER"),
        password=os.environ.get("NATS_PASSWORD"),
        max_reconnect_attempts=-1,
    )
    config = ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, max_ack_pending=1)
    consumer = await connection.jetstream().pull_subscribe(subjects, durable=name, stream="NOTICES", config=config)
    while True:
        try:
            messages = await consumer.fetch(1, timeout=5)
        except TimeoutError:
            continue  # nothing new
        for message in messages:
            event = json.loads(message.data)
            print(event["id"], event["data"]["kind"], event["data"]["title"], flush=True)
            await message.ack_sync()  # when it was dealt with


asyncio.run(main(*sys.argv[1:]))
