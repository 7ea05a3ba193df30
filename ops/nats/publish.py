"""A source in a few lines: CloudEvents, one a line of standard input, and a receipt a line of standard output.

    pip install nats-py nkeys
    python3 publish.py nats://127.0.0.1:4222 tilanne.itauusimaa.intake.queue [NAME NAME.seed] < events.jsonl

NAME is the user's and part of its inboxes; over TLS, add tls=ssl.create_default_context(cafile="ca.pem"). This takes the
first recorder's receipt; who wants a majority's goes on until so many different ones (header Tilanne-Recorder) have said
the same position.
"""
import asyncio, json, sys, nats

async def main(server, subject, name=None, seed=None):
    user = {"inbox_prefix": f"_INBOX.{name}", "nkeys_seed": seed} if name else {}
    source = await nats.connect(server, **user)
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
