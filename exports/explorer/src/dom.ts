// Small words for building the page. Text only ever goes in as text, never as HTML.

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: { class?: string; text?: string; attributes?: Record<string, string> } = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (options.class) element.className = options.class;
  if (options.text !== undefined) element.textContent = options.text;
  for (const [name, value] of Object.entries(options.attributes ?? {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function button(text: string, className: string, act: () => void): HTMLButtonElement {
  const element = make("button", { class: className, text, attributes: { type: "button" } });
  element.addEventListener("click", act);
  return element;
}

/** A link to the outside; anything but http and https stays plain text. */
export function outside(url: string): HTMLElement {
  const text = url.replace(/^https?:\/\//i, "");
  if (!/^https?:\/\//i.test(url)) return make("span", { text });
  return make("a", { text, attributes: { href: url, rel: "noopener noreferrer", target: "_blank" } });
}

export function plural(count: number, one: string, many: string): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export function number(value: number): string {
  return value.toLocaleString("en");
}

export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
}

/** Lower case without diacritics, for comparing names. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  return /^[\x00-\x7f]*$/.test(lower) ? lower : lower.normalize("NFKD").replace(/\p{M}/gu, "");
}

export function save(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  make("a", { attributes: { href: url, download: name } }).click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const calm = (): boolean => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
