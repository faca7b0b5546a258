// Starts the page, joins its parts, and keeps the address in step with what is shown.

import { type Raw, unpack } from "./data";
import { button, byId, make, plural, save, shorten } from "./dom";
import { savePng, saveSvg, saveTurtle } from "./export";
import { CanvasEngine } from "./canvas-engine";
import type { EngineParts } from "./engine";
import { FilterCard, MOST_AT_ONCE } from "./filters";
import { Model } from "./model";
import { Panel } from "./panel";
import { Search } from "./search";
import { SigmaEngine } from "./sigma-engine";
import { hasSparql, SparqlConsole } from "./sparql";
import * as address from "./state";
import { Table } from "./table";
import { onTheme, setTheme, type Theme } from "./theme";
import { OVERVIEW, View } from "./view";

class Explorer {
  private selected = -1;
  private steps = 0;
  private target = -1;
  private seekingPath = false;
  private readonly panel: Panel;
  private readonly table: Table;
  private readonly search: Search;
  private readonly card: FilterCard;
  private readonly sparql: SparqlConsole;
  private quiet = false;
  private readonly index: Map<string, number>;

  constructor(
    private readonly model: Model,
    private readonly view: View,
  ) {
    this.index = new Map(model.id.map((id, i) => [id, i]));
    this.panel = new Panel(model, view, byId("panel"), {
      select: (node) => this.select(node),
      focus: (steps) => this.focus(steps),
      startPath: () => {
        this.seekingPath = true;
        this.search.focus(`Path from ${model.label[this.selected]} to…`);
      },
      close: () => this.select(-1),
    });
    this.table = new Table(
      model,
      view,
      (node) => this.select(node),
      () => this.toggleTable(false),
    );
    this.sparql = new SparqlConsole(model, {
      select: (node) => this.select(node),
      highlight: (nodes) => this.highlight(nodes),
      close: () => this.toggleSparql(false),
    });
    this.search = new Search(model, view, (node) => this.pick(node), (open) => {
      byId("filters").hidden = open;
    });
    const { filters } = address.read(window.location.hash, model);
    this.card = new FilterCard(model, view, filters, {
      changed: () => this.refilter(),
      detail: (budget) => {
        view.budget = budget;
        view.rebuild();
        this.card.draw();
        this.remember(false);
      },
      colour: (by) => {
        view.colourBy = by;
        view.restyle();
        this.card.draw();
        this.remember(false);
      },
    });
    view.covered = () => {
      const panel = byId("panel");
      const box = panel.hidden ? undefined : panel.getBoundingClientRect();
      if (window.innerWidth > 760) return { right: box ? box.width + 24 : 0, bottom: 0, top: 0 };
      return { right: 0, bottom: box?.height ?? 0, top: byId("side").getBoundingClientRect().bottom };
    };
    view.onClick = (node) => (this.seekingPath && node >= 0 ? this.pick(node) : this.select(node, false));
    view.onDouble = (node) => {
      this.select(node, false);
      this.focus(1);
    };
    view.onHover = (node, x, y) => this.tip(node, x, y);
    view.onMoved = () => this.remember(false);
    view.onScene = () => this.card.about();
    window.addEventListener("popstate", () => this.restore());
    window.addEventListener("hashchange", () => this.restore());
    onTheme(() => this.card.draw());
    this.keys();
    this.tools();
    this.restore(true);
  }

  // ---------------------------------------------------------------- what is chosen
  private pick(node: number): void {
    this.search.clear();
    if (this.seekingPath && this.selected >= 0 && node !== this.selected) {
      this.seekingPath = false;
      this.target = node;
      this.apply(true);
      this.remember(true);
      return;
    }
    this.select(node);
  }

  private select(node: number, move = true): void {
    this.seekingPath = false;
    this.selected = node;
    this.target = -1;
    if (node < 0) this.steps = 0;
    this.apply(move);
    this.remember(true);
    if (node >= 0) {
      byId("live").textContent = `${shorten(this.model.label[node], 200)}, ${plural(this.model.degree[node], "connection", "connections")}`;
    }
  }

  private focus(steps: number): void {
    this.steps = steps;
    this.apply(true);
    this.remember(true);
  }

  /** Bring drawing and panel in line with what is chosen. */
  private apply(move: boolean): void {
    const { model, view } = this;
    const way = this.selected >= 0 && this.target >= 0 ? model.path(this.selected, this.target) : [];
    const before = view.only;
    view.selected = this.selected;
    view.path = way;
    view.only = undefined;
    view.bright = new Set();
    if (way.length) view.bright = new Set(way);
    else if (this.selected >= 0) {
      view.bright = model.within(this.selected, Math.max(1, this.steps));
      if (this.steps) view.only = view.bright;
    }
    const missing = [this.selected, ...way].some((node) => node >= 0 && !view.isDrawn(node));
    if (view.only || before || missing || (this.selected >= 0 && view.scene.nodes.length < model.order.length)) view.rebuild();
    else view.restyle();
    if (this.target >= 0) this.panel.showPath(way, this.selected, this.target);
    else if (this.selected >= 0) {
      const message = model.nodeOn[this.selected] ? "" : "The filters hide this node in the drawing.";
      this.panel.show(this.selected, this.steps, message);
    } else this.panel.hide();
    if (move && this.selected >= 0) {
      view.frame(way.length ? way : view.only && view.only.size > 1 ? view.only : [this.selected]);
    }
    byId("tip").hidden = true;
    if (this.table.isOpen) this.table.show();
  }

  private refilter(): void {
    this.model.filter(this.card.filters);
    this.apply(false);
    this.view.rebuild();
    this.card.draw();
    if (this.table.isOpen) this.table.show();
    this.remember(false);
  }

  private toggleTable(open: boolean): void {
    if (open) {
      this.table.show();
      byId("table").querySelector<HTMLElement>("h2")?.focus();
    } else this.table.hide();
    byId("tool-table").setAttribute("aria-pressed", String(open));
    this.remember(true);
  }

  private toggleSparql(open: boolean): void {
    if (open) {
      this.toggleTable(false);
      void this.sparql.show();
    } else this.sparql.hide();
    byId("tool-sparql").setAttribute("aria-pressed", String(open));
  }

  /** Show some nodes among the rest, as an answer. */
  private highlight(nodes: Set<number>): void {
    const { view, model } = this;
    this.selected = -1;
    this.target = -1;
    this.steps = 0;
    this.panel.hide();
    view.selected = -1;
    view.path = [];
    view.only = undefined;
    view.bright = new Set([...nodes].filter((node) => model.nodeOn[node]));
    view.rebuild();
    if (view.bright.size) view.frame(view.bright);
    this.toggleSparql(false);
    this.remember(true);
  }

  // ---------------------------------------------------------------- the address
  private remember(push: boolean): void {
    if (this.quiet) return;
    const { model } = this;
    const text = address.write(
      {
        node: this.selected >= 0 ? model.id[this.selected] : "",
        steps: this.steps,
        to: this.target >= 0 ? model.id[this.target] : "",
        table: this.table.isOpen,
        colour: this.view.colourBy,
        filters: this.card.filters,
        detail: model.size > 2000 && this.view.budget !== OVERVIEW ? this.view.budget : 0,
        camera: this.view.camera(),
      },
      model,
    );
    const url = `#${text}`;
    if (url === window.location.hash || (url === "#" && !window.location.hash)) return;
    try {
      if (push) window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    } catch {
      // A frame without an address of its own, as in a notebook.
    }
  }

  private restore(first = false): void {
    const { model, view } = this;
    const state = address.read(window.location.hash, model);
    this.quiet = true;
    this.card.filters = state.filters;
    model.filter(state.filters);
    view.colourBy = state.colour;
    if (model.size > 2000) view.budget = Math.min(state.detail || OVERVIEW, MOST_AT_ONCE);
    this.selected = this.index.get(state.node) ?? -1;
    this.target = this.selected >= 0 ? (this.index.get(state.to) ?? -1) : -1;
    this.steps = this.selected >= 0 ? state.steps : 0;
    if (first) view.rebuild();
    if (state.camera) view.setCamera(state.camera, false);
    else if (this.selected < 0) view.reset(!first);
    if (!first || state.camera) view.rebuild();
    if (this.selected >= 0 || !first) this.apply(!state.camera);
    if (state.table) this.table.show();
    else this.table.hide();
    this.card.draw();
    this.quiet = false;
  }

  // ---------------------------------------------------------------- pointer, keys, tools
  private tip(node: number, x: number, y: number): void {
    const { model } = this;
    const tip = byId("tip");
    tip.hidden = node < 0;
    if (node < 0) return;
    const paper = model.paperOf(node);
    const about = paper === undefined ? plural(model.papers[node], "paper", "papers") : model.raw.papers.date[paper];
    tip.replaceChildren(
      make("b", { text: shorten(model.label[node], 200) }),
      make("span", { text: [model.types[model.type[node]].label, about].filter(Boolean).join(" · ") }),
    );
    tip.style.left = `${Math.max(8, Math.min(x + 14, window.innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${Math.max(8, Math.min(y + 14, window.innerHeight - tip.offsetHeight - 8))}px`;
  }

  private keys(): void {
    document.addEventListener("keydown", (event) => {
      const field =
        event.target instanceof HTMLInputElement ||
        event.target instanceof HTMLSelectElement ||
        (event.target instanceof Element && event.target.shadowRoot !== null);
      // Sliders take only the arrow keys for themselves.
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") {
        if (!byId("help").hidden) byId("help").hidden = true;
        else if (this.search.isOpen) this.search.clear();
        else if (this.seekingPath) {
          this.seekingPath = false;
          this.search.clear();
        } else if (this.sparql.isOpen) this.toggleSparql(false);
        else if (this.table.isOpen) this.toggleTable(false);
        else if (this.selected >= 0 || this.view.bright.size) this.select(-1);
        byId("stage").focus();
        return;
      }
      if (field) return;
      const acts: Record<string, () => void> = {
        "/": () => this.search.focus(),
        t: () => this.toggleTable(!this.table.isOpen),
        q: () => hasSparql() && this.toggleSparql(!this.sparql.isOpen),
        "+": () => this.view.zoom(0.7),
        "=": () => this.view.zoom(0.7),
        "-": () => this.view.zoom(1.4),
        "0": () => this.view.reset(),
        "?": () => (byId("help").hidden = !byId("help").hidden),
        "1": () => this.selected >= 0 && this.focus(1),
        "2": () => this.selected >= 0 && this.focus(2),
      };
      if (document.activeElement === byId("stage")) {
        Object.assign(acts, {
          ArrowLeft: () => this.step(-1, 0),
          ArrowRight: () => this.step(1, 0),
          ArrowUp: () => this.step(0, -1),
          ArrowDown: () => this.step(0, 1),
          Enter: () => byId("panel").querySelector<HTMLElement>("h2")?.focus(),
        });
      }
      const act = acts[event.key];
      if (act) {
        event.preventDefault();
        act();
      }
    });
  }

  /** Arrow keys: to the neighbour that lies that way, or, with nothing chosen, move the picture. */
  private step(dx: number, dy: number): void {
    const { model, view } = this;
    if (this.selected < 0) {
      view.pan(dx * 0.1, -dy * 0.1);
      return;
    }
    const here = view.spot(this.selected);
    let best = -1;
    let least = Infinity;
    for (const node of model.within(this.selected, 1)) {
      if (node === this.selected || !view.isDrawn(node)) continue;
      const there = view.spot(node);
      const [x, y] = [there.x - here.x, there.y - here.y];
      const along = x * dx + y * dy;
      if (along <= 0) continue;
      const cost = Math.hypot(x, y) * (2 - along / Math.hypot(x, y));
      if (cost < least) [best, least] = [node, cost];
    }
    if (best >= 0) this.select(best, false);
  }

  private tools(): void {
    const { model, view } = this;
    const add = (id: string, text: string, hint: string, act: () => void): HTMLButtonElement => {
      const one = button(text, "tool", act);
      one.id = id;
      one.title = hint;
      byId("tools").append(one);
      return one;
    };
    add("tool-table", "Table", "What is shown, as a table (t)", () => this.toggleTable(!this.table.isOpen)).setAttribute("aria-pressed", "false");
    if (hasSparql()) {
      const ask = add("tool-sparql", "Ask", "Questions in SPARQL (q)", () => this.toggleSparql(!this.sparql.isOpen));
      ask.setAttribute("aria-pressed", "false");
    }
    const menu = byId("save-menu");
    const saver = add("tool-save", "Save", "Keep the picture or the data", () => {
      menu.hidden = !menu.hidden;
      saver.setAttribute("aria-expanded", String(!menu.hidden));
    });
    saver.setAttribute("aria-expanded", "false");
    saver.setAttribute("aria-controls", "save-menu");
    const entries: [string, () => void][] = [
      ["Picture (PNG)", () => savePng(model, view)],
      ["Picture (SVG)", () => saveSvg(model, view)],
      ["Table (CSV)", () => {
        if (!this.table.isOpen) this.table.show();
        save("nodes.csv", this.table.csv(), "text/csv");
      }],
      ["RDF (Turtle)", () => saveTurtle(model, view)],
    ];
    for (const [text, act] of entries) {
      menu.append(
        button(text, "row", () => {
          act();
          menu.hidden = true;
          saver.setAttribute("aria-expanded", "false");
        }),
      );
    }
    const themes: Theme[] = ["auto", "light", "dark"];
    let at = 0;
    const theme = add("tool-theme", "Theme: auto", "Light, dark, or as the system has it", () => {
      at = (at + 1) % themes.length;
      setTheme(themes[at]);
      theme.textContent = `Theme: ${themes[at]}`;
    });
    add("tool-help", "Keys", "What the keys do (?)", () => (byId("help").hidden = !byId("help").hidden));
    byId("zoom-in").addEventListener("click", () => view.zoom(0.7));
    byId("zoom-out").addEventListener("click", () => view.zoom(1.4));
    byId("zoom-fit").addEventListener("click", () => view.reset());
    byId("help-close").addEventListener("click", () => (byId("help").hidden = true));
  }
}

function hasWebGL(): boolean {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

async function start(): Promise<void> {
  const raw = await unpack<Raw>("graph");
  const model = new Model(raw);
  const engine = hasWebGL()
    ? (...parts: EngineParts) => new SigmaEngine(...parts)
    : (...parts: EngineParts) => new CanvasEngine(...parts);
  const view = new View(model, byId("stage"), engine);
  new Explorer(model, view);
  byId("wait").hidden = true;
  window.requestAnimationFrame(() =>
    window.requestAnimationFrame(() => {
      document.documentElement.dataset.ready = "true";
      document.documentElement.dataset.readyMs = performance.now().toFixed(0);
      window.setTimeout(() => model.warm(), 400);
    }),
  );
}

start().catch((error: unknown) => {
  const wait = byId("wait");
  wait.hidden = false;
  wait.textContent = `This page cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
});
