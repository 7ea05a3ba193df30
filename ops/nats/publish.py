"""A source in a few lines: CloudEvents, one a line of standard input, and a receipt a line of standard output.

    pip install nats-py
    python3 publish.py nats://127.0.0.1:4222 tilanne.itauusimaa.intake.queue < events.jsonl

With users: nats.connect(server, inbox_prefix="_INBOX.NAME", nkeys_seed="NAME.seed", tls=...), NAME being the user's.
"""
import asyncio, json, sys, nats

async def main(server, subject):
    source = await nats.connect(server)
    for event in filter(str.strip, sys.stdin):
        inbox = source.new_inbox()
        receipts = await source.subscribe(inbox)
        while True:  # Until its receipt is here the event is ours: to keep, and to send again.
            await source.publish(subject, event.strip().encode(), headers={"Tilanne-Receipt-To": inbox})
            try:
                receipt = json.loads((await receipts.next_msg(timeout=2)).data)
            except nats.errors.TimeoutError:
                continue
            if "status" in receipt:  # Otherwise a recorder says why it can record nothing at the moment.
                break
            await asyncio.sleep(2)
        print(json.dumps(receipt), flush=True)
        await receipts.unsubscribe()

asyncio.run(main(*sys.argv[1:]))
