// Oxigraph in a worker of its own: a long query does not hold up the page and can be stopped.

import init, { Store } from "oxigraph/web.js";

export type Ask = { kind: "start"; engine: ArrayBuffer; parts: ArrayBuffer[]; extra: string } | { kind: "query"; id: number; text: string };

export type Answer =
  | { kind: "ready"; triples: number; milliseconds: number }
  | { kind: "answer"; id: number; json: string; milliseconds: number }
  | { kind: "error"; id: number; message: string };

let store: Store | undefined;

const send = (answer: Answer): void => self.postMessage(answer);
const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function handle(ask: Ask): Promise<void> {
  const began = performance.now();
  if (ask.kind === "start") {
    try {
      await init({ module_or_path: ask.engine });
      store = new Store();
      for (const part of ask.parts) {
        store.load(new Uint8Array(part), { format: "application/n-quads", no_transaction: true, unchecked: true });
      }
      if (ask.extra) store.load(ask.extra, { format: "application/n-quads", no_transaction: true, unchecked: true });
      send({ kind: "ready", triples: store.size, milliseconds: performance.now() - began });
    } catch (error) {
      send({ kind: "error", id: -1, message: words(error) });
    }
    return;
  }
  try {
    if (!store) throw new Error("the store is not there yet");
    const found = store.query(ask.text, {});
    let json: string;
    if (Array.isArray(found) && found.length && !(found[0] instanceof Map)) {
      json = JSON.stringify({ quads: found.map((quad) => String(quad)) });
    } else if (typeof found === "boolean") json = JSON.stringify({ boolean: found });
    else {
      const rows = (found as Map<string, { termType: string; value: string }>[]).map((row) =>
        Object.fromEntries([...row].map(([name, term]) => [name, [term.termType, term.value]])),
      );
      json = JSON.stringify({ rows });
    }
    send({ kind: "answer", id: ask.id, json, milliseconds: performance.now() - began });
  } catch (error) {
    send({ kind: "error", id: ask.id, message: words(error) });
  }
}

self.onmessage = (event: MessageEvent<Ask>) => void handle(event.data);
