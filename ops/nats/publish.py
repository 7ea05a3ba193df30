"""A source in a few lines: CloudEvents, one a line of standard input, and a receipt a line of standard output.

    pip install nats-py nkeys
    python3 publish.py nats://127.0.0.1:4222 tilanne.itauusimaa.intake.queue [NAME NAME.seed] < events.jsonl

NAME is the user's and part of its inboxes; over TLS, add tls=ssl.create_default_context(cafile="ca.pem"). This takes the
first recorder's receipt; who wants a majority's goes on until so many different ones (header Tilanne-Recorder) have said
the same position. Exit code 0: every event has its receipt. 1: what has none printed is still yours, send it again.
"""
import asyncio, json, sys

try:
    import nats
except ImportError:
    sys.exit("publish.py: nats-py is missing: pip install nats-py nkeys")

PATIENCE = 10  # Seconds for the first connection; a later one is mended by the client, for as long as it takes.


async def publish(source, subject):
    for event in filter(str.strip, sys.stdin):
        inbox, told = source.new_inbox(), None
        receipts = await source.subscribe(inbox)
        while True:  # Until its receipt is here the event is ours: to keep, and to send again.
            await source.publish(subject, event.strip().encode(), headers={"Tilanne-Receipt-To": inbox})
            try:
                receipt = json.loads((await receipts.next_msg(timeout=2)).data)
                if "status" in receipt:
                    break
                why = receipt.get("unavailable", receipt)  # A recorder says why it can record nothing at the moment.
                await asyncio.sleep(2)
            except nats.errors.TimeoutError:
                why = "no recorder has answered"
            if why != told:
                print(f"publish.py: no receipt yet, sending again ({why})", file=sys.stderr)
                told = why
        print(json.dumps(receipt), flush=True)
        await receipts.unsubscribe()


async def main(server, subject, name=None, seed=None):
    refused = asyncio.get_running_loop().create_future()

    async def hear(error):  # What this user may not do it may not do the next time either.
        if "violation" in str(error).lower() and not refused.done():
            refused.set_exception(error)

    async def work():
        if seed:
            open(seed).close()
        user = {"inbox_prefix": f"_INBOX.{name}", "nkeys_seed": seed} if name else {}
        connecting = nats.connect(server, error_cb=hear, max_reconnect_attempts=-1, **user)
        await publish(await asyncio.wait_for(connecting, PATIENCE), subject)

    working = asyncio.ensure_future(work())
    await asyncio.wait({working, refused}, return_when=asyncio.FIRST_COMPLETED)
    await (refused if refused.done() else working)


if len(sys.argv) not in (3, 5):
    print("usage: publish.py nats://HOST:PORT SUBJECT [NAME NAME.seed] < events.jsonl", file=sys.stderr)
    sys.exit(64)
try:
    asyncio.run(main(*sys.argv[1:]))
except KeyboardInterrupt:
    sys.exit(130)
except Exception as error:  # For whoever runs it one sentence says more than a traceback.
    sys.exit(f"publish.py: {str(error) or f'no NATS server answers at {sys.argv[1]}'}")
