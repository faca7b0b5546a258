// What is shown, as a table: to sort, to copy, and for those who do not see the drawing.

import { button, byId, make, number, plural, save, shorten } from "./dom";
import type { Model } from "./model";
import type { View } from "./view";

const PAGE = 200;

interface Column {
  title: string;
  numeric: boolean;
  value(node: number): string | number;
}

export class Table {
  private readonly element = byId("table");
  private sorted = 2;
  private down = true;
  private rows: number[] = [];
  private readonly columns: Column[];

  constructor(
    private readonly model: Model,
    private readonly view: View,
    private readonly pick: (node: number) => void,
    private readonly onClose: () => void,
  ) {
    this.columns = [
      { title: "Name", numeric: false, value: (i) => model.label[i] },
      { title: "Type", numeric: false, value: (i) => model.types[model.type[i]].label },
      { title: "Connections", numeric: true, value: (i) => model.degree[i] },
      { title: "Papers", numeric: true, value: (i) => model.papers[i] },
      { title: "Year", numeric: true, value: (i) => model.yearOf(i) || "" },
    ];
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  hide(): void {
    this.element.hidden = true;
  }

  show(): void {
    this.rows = [...this.view.scene.nodes];
    this.sort();
    this.draw();
    this.element.hidden = false;
  }

  csv(): string {
    const cell = (value: string | number): string => {
      const text = typeof value === "string" && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value);
      return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = [["Id", ...this.columns.map((c) => c.title)].join(",")];
    for (const node of this.rows) lines.push([this.model.id[node], ...this.columns.map((c) => c.value(node))].map(cell).join(","));
    return `${lines.join("\n")}\n`;
  }

  private sort(): void {
    const { value, numeric } = this.columns[this.sorted];
    const sign = this.down ? -1 : 1;
    const compare = new Intl.Collator("en").compare;
    this.rows.sort((a, b) => {
      const order = numeric ? Number(value(a)) - Number(value(b)) : compare(String(value(a)), String(value(b)));
      return sign * order || a - b;
    });
  }

  private draw(): void {
    const close = button("×", "close", () => this.onClose());
    close.setAttribute("aria-label", "Close the table");
    const copy = button("Copy as CSV", "chip", () => {
      navigator.clipboard?.writeText(this.csv()).then(
        () => (copy.textContent = "Copied"),
        () => save("nodes.csv", this.csv(), "text/csv"),
      ) ?? save("nodes.csv", this.csv(), "text/csv");
    });
    const keep = button("Save CSV", "chip", () => save("nodes.csv", this.csv(), "text/csv"));
    const heads = this.columns.map((column, i) => {
      const head = make("th", { class: column.numeric ? "numeric" : "", attributes: { scope: "col" } });
      head.setAttribute("aria-sort", i === this.sorted ? (this.down ? "descending" : "ascending") : "none");
      head.append(
        button(`${column.title}${i === this.sorted ? (this.down ? " ↓" : " ↑") : ""}`, "link", () => {
          this.down = i === this.sorted ? !this.down : column.numeric;
          this.sorted = i;
          this.sort();
          this.draw();
        }),
      );
      return head;
    });
    const body = make("tbody");
    const more = make("p", { class: "tools" });
    const fill = (from: number): void => {
      for (const node of this.rows.slice(from, from + PAGE)) {
        const line = make("tr");
        this.columns.forEach((column, i) => {
          if (i) line.append(make("td", { class: column.numeric ? "numeric" : "", text: String(column.value(node)) }));
          else line.append(make("th", { attributes: { scope: "row" } }, button(shorten(this.model.label[node], 200), "link", () => this.pick(node))));
        });
        body.append(line);
      }
      const left = this.rows.length - from - PAGE;
      more.replaceChildren();
      if (left > 0) more.append(button(`Show more (${number(left)} left)`, "chip", () => fill(from + PAGE)));
    };
    fill(0);
    this.element.replaceChildren(
      close,
      make("h2", { text: "What is shown", attributes: { tabindex: "-1" } }),
      make("p", { class: "soft small", text: plural(this.rows.length, "node", "nodes") }),
      make("div", { class: "tools" }, copy, keep),
      make(
        "table",
        {},
        make("caption", { class: "unseen", text: "Nodes that are shown, with their type and number of connections" }),
        make("thead", {}, make("tr", {}, ...heads)),
        body,
      ),
      more,
    );
  }
}
