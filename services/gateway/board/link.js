// The live connection: subscribes, keeps the chain of revisions whole, comes back after a break.
// Whether the board is live is judged elsewhere, by the age of the projector's heartbeat.

import { patched } from "./patch.js";

const PROTOCOL = "tilanne.board.v1";
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MOST_MS = 30_000;
// After this silence the gateway is asked whether it is there: a dead projector is not a dead gateway.
const ASK_MS = 10_000;
// No frame at all for this long: the connection is dead whatever the browser believes.
const DEAF_MS = 20_000;
// A refused subscription is tried again: while the house starts, its boards come a moment later.
const AGAIN_MS = 2_000;
// A heartbeat may name a revision whose delta is still on its way.
const GRACE_MS = 1_500;

export class Link {
  // `on` has board(board), beat(serverTime), greeted(serverTime), degraded(cause|null), caughtUp(), state("open"|"closed"), problem(text|null).
  constructor(area, view, on) {
    Object.assign(this, { area, view, on, board: null, attempt: 0, heard: performance.now() });
    this.ended = false;
    this.connect();
    this.watch = setInterval(() => this.checkHearing(), 1_000);
  }

  end() {
    this.ended = true;
    clearInterval(this.watch);
    clearTimeout(this.retry);
    clearTimeout(this.again);
    this.socket?.close(1000);
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/v1/live`, PROTOCOL);
    this.socket = socket;
    this.heard = performance.now();
    socket.onopen = () => {
      this.on.state("open");
      this.subscribe();
    };
    socket.onmessage = (event) => {
      if (socket === this.socket && !this.ended) this.hear(event.data);
    };
    socket.onclose = () => {
      if (socket === this.socket && !this.ended) this.lost();
    };
  }

  lost() {
    this.socket = null;
    clearTimeout(this.again);
    this.on.state("closed");
    // Full jitter: a thousand screens must not come back in the same second.
    const most = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** this.attempt);
    this.attempt = Math.min(this.attempt + 1, 10);
    const wait = (this.wait ?? 0) + Math.random() * most;
    this.wait = 0;
    this.retry = setTimeout(() => this.connect(), wait);
  }

  checkHearing() {
    const silence = performance.now() - this.heard;
    if (!this.socket || silence < ASK_MS) {
      this.asked = false;
      return;
    }
    if (silence < DEAF_MS) {
      if (!this.asked) this.say({ kind: "ping" });
      this.asked = true;
      return;
    }
    const deaf = this.socket;
    this.lost();
    deaf.close();
  }

  subscribe() {
    const frame = { kind: "subscribe", area: this.area, view: this.view };
    if (this.board) {
      const { epoch, revision, hash } = this.board;
      frame.resume = { epoch, revision, hash };
    }
    this.resyncing = true;
    this.say(frame);
  }

  say(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  // Starts over, once, until the server has answered.
  resync() {
    if (!this.resyncing) this.subscribe();
  }

  hear(text) {
    this.heard = performance.now();
    const frame = JSON.parse(text);
    if (frame.view !== undefined && frame.view !== this.view) return;
    switch (frame.kind) {
      case "resumed":
        this.resyncing = false;
        break;
      case "snapshot":
        this.resyncing = false;
        this.take(frame.board);
        break;
      case "delta":
        this.apply(frame);
        break;
      case "live":
        this.attempt = 0;
        // With a view it ends a catch-up; without one there is no cause any more not to call boards live.
        if (frame.view === undefined) this.on.degraded(null);
        else this.on.caughtUp();
        break;
      case "heartbeat":
        this.compare(frame);
        this.on.beat(frame.server_time);
        break;
      case "hello":
        // Its time is that of the last heartbeat, however long ago that was: it is no sign of life.
        // What an earlier connection said of causes is said anew after it, if it still holds.
        this.on.degraded(null);
        if (frame.server_time) this.on.greeted(frame.server_time);
        break;
      case "degraded":
        this.on.degraded(frame.cause);
        break;
      case "error":
        this.on.problem(frame.error);
        clearTimeout(this.again);
        this.again = setTimeout(() => this.subscribe(), AGAIN_MS * (0.5 + Math.random()));
        break;
      case "bye":
        this.wait = frame.retry_after_ms;
        break;
    }
  }

  take(board) {
    this.board = board;
    this.on.problem(null);
    this.on.board(board);
  }

  apply(delta) {
    if (this.resyncing || !this.board) return;
    if (delta.revision <= this.board.revision) return;
    if (delta.prev !== this.board.revision) return this.resync();
    const next = patched(this.board, delta.patch);
    if (next.revision !== delta.revision) return this.resync();
    this.take(next);
  }

  // The heartbeat is the bookmark: it tells what this board should be by now.
  compare(heartbeat) {
    const stand = heartbeat.boards.find((board) => board.view === this.view);
    if (!stand || !this.board || this.resyncing) return;
    if (stand.revision === this.board.revision && stand.hash !== this.board.hash) this.resync();
    if (stand.revision > this.board.revision) {
      setTimeout(() => {
        if (this.board.revision < stand.revision) this.resync();
      }, GRACE_MS);
    }
  }
}
