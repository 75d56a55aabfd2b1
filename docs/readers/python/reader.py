"""Follows notices through NATS and prints a line for each.

It keeps the sequence of the last one in a file, and goes on behind it. Needs the
package nats-py.
"""

import asyncio
import json
import os
import sys

import nats
from nats.errors import TimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy


async def follow(connection, state, subjects):
    last = int(open(state).read()) if os.path.exists(state) else 0
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=last + 1,
        ack_policy=AckPolicy.NONE,
        inactive_threshold=60,
    )
    consumer = await connection.jetstream().pull_subscribe(subjects, stream="NOTICES", config=config)
    while True:
        try:
            messages = await consumer.fetch(100, timeout=5)
        except TimeoutError:
            await consumer.consumer_info()  # fails where the consumer is gone
            continue
        for message in messages:
            event = json.loads(message.data)
            print(event["id"], event["data"]["kind"], event["data"]["title"], flush=True)
            with open(state + ".new", "w") as file:
                file.write(str(message.metadata.sequence.stream))
            os.replace(state + ".new", state)


async def main(state="reader.state", subjects="depositary.notices.>"):
    connection = await nats.connect(
        os.environ.get("NATS_URL", "nats://127.0.0.1:4222"),
        user=os.environ.get("NATS_USER"),
        password=os.environ.get("NATS_PASSWORD"),
        max_reconnect_attempts=-1,
    )
    while True:
        try:
            await follow(connection, state, subjects)
        except (nats.errors.Error, nats.js.errors.Error) as error:
            print("it goes on where it was:", error, file=sys.stderr)
        await asyncio.sleep(1)


asyncio.run(main(*sys.argv[1:]))
