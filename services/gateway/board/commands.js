// What somebody at the desk asks for. Each command has a key of its own, so that sending it again does nothing twice.

// A command that gets no receipt is sent again this often, and then the person is told.
const TRIES = 3;
const PAUSE_MS = 1_000;

// Who sits at this screen. Until there is sign-in it is only remembered, never verified.
export function whoIsHere() {
  try {
    return { actor: localStorage.getItem("actor") ?? "", role: localStorage.getItem("role") ?? "" };
  } catch {
    return { actor: "", role: "" };
  }
}

export function rememberWho({ actor, role }) {
  try {
    localStorage.setItem("actor", actor);
    localStorage.setItem("role", role);
  } catch {
    // A browser without storage asks again next time.
  }
}

// Sends a command until there is a receipt, and answers why it changed nothing, if so. Throws with the sentence that says
// why there is none.
export async function send(area, command) {
  const key = crypto.randomUUID();
  const request = {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(command),
  };
  let why = "";
  let said = null;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    try {
      const answer = await fetch(`/v1/areas/${encodeURIComponent(area)}/commands`, request);
      said = await answer.json();
      if (answer.ok) break;
      why = said.error;
      if (answer.status < 500) break;
    } catch (error) {
      why = error.message;
    }
  }
  if (!said?.receipts) throw new Error(why);
  const { receipts: [receipt], without_effect: idle } = said;
  if (receipt.status === "rejected") throw new Error(receipt.reason);
  return idle?.code ?? null;
}
