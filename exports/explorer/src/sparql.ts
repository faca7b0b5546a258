// The console: questions with one click, an editor, answers as a table and as a part of the graph.

import { unpack, unpackBytes } from "./data";
import { button, byId, make, number, save } from "./dom";
import { nodeIri } from "./export";
import type { Model } from "./model";
import type { Answer, Ask } from "./sparql-worker";
import type { Editor } from "./sparql-editor";

interface Parameter {
  name: string;
  default: string;
  type: "name" | "text" | "number";
  description: string;
}

interface Question {
  name: string;
  title: string;
  text: string;
  parameters: Parameter[];
}

interface About {
  questions: Question[];
  prefixes: Record<string, string>;
  /** Property of a paper's abstract, which is not among the packed statements. */
  abstract: string;
  parts: number;
  evidence: boolean;
}

type Term = [kind: string, value: string];
type Row = Record<string, Term>;

const MOST_ROWS = 500;
const PATIENCE = 20_000;

type MakeEditor = (parent: HTMLElement, text: string, terms: { label: string; type: string; detail?: string }[], run: () => void) => Editor;

export function hasSparql(): boolean {
  return document.getElementById("sparql-about") !== null;
}

export class SparqlConsole {
  private readonly element = byId("sparql");
  private about: About | undefined;
  private editor: Editor | undefined;
  private worker: Promise<Worker> | undefined;
  private waiting = new Map<number, { done: (json: string, ms: number) => void; failed: (message: string) => void }>();
  private turn = 0;
  private readonly nodes = new Map<string, number>();
  private question: Question | undefined;
  private readonly values = new Map<string, HTMLInputElement>();
  private readonly status = make("p", { class: "soft small", attributes: { role: "status" } });
  private readonly answer = make("div", { class: "answer" });

  constructor(
    private readonly model: Model,
    private readonly acts: { select(node: number): void; highlight(nodes: Set<number>): void; close(): void },
  ) {}

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  hide(): void {
    this.element.hidden = true;
  }

  async show(): Promise<void> {
    this.element.hidden = false;
    if (this.about) {
      this.editor?.focus();
      return;
    }
    this.about = await unpack<About>("sparql-about");
    for (let i = 0; i < this.model.size; i++) this.nodes.set(nodeIri(this.model, i), i);
    await runScript("sparql-editor");
    this.build(this.about);
    void this.start().catch((error: unknown) => this.say(`The query engine does not start: ${text(error)}`));
  }

  private say(words: string): void {
    this.status.textContent = words;
  }

  private build(about: About): void {
    const close = button("×", "close", () => this.acts.close());
    close.setAttribute("aria-label", "Close the console");
    const pick = make("select", { attributes: { "aria-label": "Questions" } });
    about.questions.forEach((question, i) => pick.append(make("option", { text: question.title, attributes: { value: String(i) } })));
    const fields = make("div", { class: "fields" });
    const place = make("div", { class: "editor" });
    const choose = (i: number): void => {
      this.question = about.questions[i];
      this.values.clear();
      fields.replaceChildren(
        ...this.question.parameters.map((parameter) => {
          const input = make("input", { attributes: { type: parameter.type === "number" ? "number" : "text", value: parameter.default, title: parameter.description } });
          this.values.set(parameter.name, input);
          input.addEventListener("keydown", (event) => event.key === "Enter" && void this.run());
          input.addEventListener("change", () => void this.fill());
          return make("label", {}, make("span", { text: parameter.name }), input);
        }),
      );
      this.editor?.set(this.question.text);
      void this.fill();
    };
    pick.addEventListener("change", () => choose(Number(pick.value)));
    const run = button("Ask", "chip main", () => void this.run());
    run.title = "Ctrl+Enter";
    const stop = button("Stop", "chip", () => this.stop("Stopped."));
    this.element.replaceChildren(
      close,
      make("h2", { text: "Ask in SPARQL" }),
      make("div", { class: "tools" }, pick, fields, run, stop),
      place,
      this.status,
      this.answer,
    );
    const terms = [
      ...this.model.types.map((type) => ({ label: `kg:${type.term}`, type: "class", detail: "class" })),
      ...this.model.relations.map((relation) => ({ label: `kg:${relation.term}`, type: "property", detail: relation.label })),
      ...["schema:name", "schema:alternateName", "schema:abstract", "schema:url", "rdfs:label", "kg:key", "a"].map((label) => ({ label, type: "property" })),
      ...Object.keys(about.prefixes).map((prefix) => ({ label: `${prefix}:`, type: "namespace" })),
    ];
    const makeEditor = (globalThis as unknown as { makeSparqlEditor: MakeEditor }).makeSparqlEditor;
    this.editor = makeEditor(place, "", terms, () => void this.run());
    choose(0);
    this.say("Opening the store…");
  }

  // ---------------------------------------------------------------- the engine
  private start(): Promise<Worker> {
    this.worker ??= this.boot();
    return this.worker;
  }

  private async boot(): Promise<Worker> {
    const about = this.about as About;
    const [code, engine, ...parts] = await Promise.all([
      unpackBytes("sparql-worker"),
      unpackBytes("sparql-engine"),
      ...Array.from({ length: about.parts }, (_, i) => unpackBytes(`rdf-${i}`)),
    ]);
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    const ready = new Promise<Worker>((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message || "the worker does not start"));
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if (data.kind === "ready") {
          this.say(`${number(data.triples)} statements${about.evidence ? ", evidence included" : ""}; opened in ${(data.milliseconds / 1000).toFixed(1)} s.`);
          document.documentElement.dataset.sparql = "ready";
          resolve(worker);
        } else if (data.kind === "error" && data.id < 0) reject(new Error(data.message));
        else {
          const waiter = this.waiting.get(data.id);
          this.waiting.delete(data.id);
          if (data.kind === "answer") waiter?.done(data.json, data.milliseconds);
          else if (data.kind === "error") waiter?.failed(data.message);
        }
      };
    });
    const abstracts: string[] = [];
    for (let paper = 0; paper < this.model.raw.papers.node.length; paper++) {
      const words = await this.model.abstracts.get(paper);
      abstracts.push(`<${nodeIri(this.model, this.model.raw.papers.node[paper])}> <${about.abstract}> ${literal(words)} .`);
    }
    const ask: Ask = { kind: "start", engine, parts, extra: abstracts.join("\n") };
    worker.postMessage(ask, [engine, ...parts]);
    return ready;
  }

  private stop(words: string): void {
    void this.worker?.then((worker) => worker.terminate()).catch(() => undefined);
    this.worker = undefined;
    for (const waiter of this.waiting.values()) waiter.failed(words);
    this.waiting.clear();
    void this.start().catch((error: unknown) => this.say(text(error)));
  }

  private async ask(query: string): Promise<[string, number]> {
    const worker = await this.start();
    const id = ++this.turn;
    return new Promise((resolve, reject) => {
      const timer = window.setTimeout(() => this.stop(`Stopped after ${PATIENCE / 1000} s.`), PATIENCE);
      this.waiting.set(id, {
        done: (json, ms) => (window.clearTimeout(timer), resolve([json, ms])),
        failed: (message) => (window.clearTimeout(timer), reject(new Error(message))),
      });
      const message: Ask = { kind: "query", id, text: query };
      worker.postMessage(message);
    });
  }

  private prefixed(query: string): string {
    const lines = Object.entries((this.about as About).prefixes).map(([prefix, iri]) => `PREFIX ${prefix}: <${iri}>`);
    return `${lines.join("\n")}\n${query}`;
  }

  // ---------------------------------------------------------------- asking
  /** Put the values of the fields into the lines that are marked with their names. */
  private async fill(): Promise<void> {
    const { question } = this;
    if (!question || !this.editor) return;
    const lines = question.text.split("\n");
    for (const parameter of question.parameters) {
      const given = this.values.get(parameter.name)?.value ?? parameter.default;
      if (given === parameter.default) continue;
      const value = parameter.type === "name" ? await this.key(given) : given;
      if (question !== this.question) return;
      for (let i = 0; i < lines.length; i++) {
        if (!new RegExp(`#\\s*@${parameter.name}\\s*$`).test(lines[i])) continue;
        lines[i] =
          parameter.type === "number"
            ? lines[i].replace(/(?<![\w.])\d+(?:\.\d+)?(?![\w.])/, () => String(Number(value) || 0))
            : lines[i].replace(/"(?:[^"\\]|\\.)*"/, () => literal(value));
      }
    }
    this.editor.set(lines.join("\n"));
  }

  /** The key under which the store knows a name. */
  private async key(name: string): Promise<string> {
    const [node] = this.model.search(name, 1);
    if (node === undefined) return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
    const [json] = await this.ask(this.prefixed(`SELECT ?key { <${nodeIri(this.model, node)}> kg:key ?key } ORDER BY STRLEN(?key) ?key LIMIT 1`));
    const { rows } = JSON.parse(json) as { rows: Row[] };
    return rows[0]?.key?.[1] ?? name.toLowerCase();
  }

  private async run(): Promise<void> {
    this.say("Asking…");
    this.answer.replaceChildren();
    try {
      await this.fill0();
      const [json, milliseconds] = await this.ask(this.prefixed(this.editor?.get() ?? ""));
      this.draw(JSON.parse(json) as { rows?: Row[]; boolean?: boolean; quads?: string[] }, milliseconds);
    } catch (error) {
      // The engine counts the lines of the prefixes, too.
      const above = Object.keys((this.about as About).prefixes).length;
      this.say(text(error).replace(/error at (\d+):(\d+)/, (_, line: string, column: string) => `error in line ${Number(line) - above}, column ${column}`));
    }
  }

  /** Fields count only where the text is still the question's. */
  private async fill0(): Promise<void> {
    const marked = this.question?.parameters.every((p) => new RegExp(`#\\s*@${p.name}\\s*$`, "m").test(this.editor?.get() ?? ""));
    const changed = this.question?.parameters.some((p) => this.values.get(p.name)?.value !== p.default);
    if (marked && changed && this.editor?.get().split("\n").length === this.question?.text.split("\n").length) await this.fill();
  }

  private draw(found: { rows?: Row[]; boolean?: boolean; quads?: string[] }, milliseconds: number): void {
    const took = `${milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
    if (found.boolean !== undefined) {
      this.say(`${found.boolean ? "Yes" : "No"} (${took})`);
      return;
    }
    if (found.quads) {
      this.say(`${number(found.quads.length)} statements (${took})`);
      this.answer.append(make("pre", { text: found.quads.slice(0, MOST_ROWS).join(" .\n") }));
      return;
    }
    const rows = found.rows ?? [];
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const nodes = new Set<number>();
    for (const row of rows) {
      for (const [kind, value] of Object.values(row)) {
        const node = kind === "NamedNode" ? this.nodes.get(value) : undefined;
        if (node !== undefined) nodes.add(node);
      }
    }
    this.say(`${number(rows.length)} ${rows.length === 1 ? "row" : "rows"} (${took})${rows.length > MOST_ROWS ? `, the first ${MOST_ROWS} shown` : ""}`);
    const body = make("tbody");
    for (const row of rows.slice(0, MOST_ROWS)) {
      const line = make("tr");
      for (const name of names) line.append(this.cell(row[name]));
      body.append(line);
    }
    const bar = make("div", { class: "tools" });
    if (nodes.size) bar.append(button(`Show ${number(nodes.size)} in the graph`, "chip", () => this.acts.highlight(nodes)));
    bar.append(button("Save CSV", "chip", () => save("answer.csv", csv(names, rows), "text/csv")));
    this.answer.replaceChildren(
      bar,
      make("table", {}, make("thead", {}, make("tr", {}, ...names.map((name) => make("th", { text: name, attributes: { scope: "col" } })))), body),
    );
  }

  private cell(term: Term | undefined): HTMLElement {
    if (!term) return make("td");
    const [kind, value] = term;
    if (kind !== "NamedNode") return make("td", { class: /^-?\d+(\.\d+)?$/.test(value) ? "numeric" : "", text: value });
    const node = this.nodes.get(value);
    if (node !== undefined) return make("td", {}, button(this.model.label[node], "link", () => this.acts.select(node)));
    for (const [prefix, iri] of Object.entries((this.about as About).prefixes)) {
      if (value.startsWith(iri)) return make("td", { text: `${prefix}:${value.slice(iri.length)}` });
    }
    return make("td", { text: value });
  }
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const literal = (words: string): string =>
  `"${words.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`;

function csv(names: string[], rows: Row[]): string {
  const cell = (value: string): string => {
    const safe = /^[=+\-@\t]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `${[names, ...rows.map((row) => names.map((name) => row[name]?.[1] ?? ""))].map((line) => line.map(cell).join(",")).join("\n")}\n`;
}

/** Run a script that lies packed in the page; the policy knows its digest. */
async function runScript(id: string): Promise<void> {
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(await unpackBytes(id));
  document.head.append(script);
}
