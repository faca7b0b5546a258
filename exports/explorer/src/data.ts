// What Python put into the page, as it comes: columns in JSON, gzip, base64.

export interface NodeType {
  name: string;
  label: string;
  plural: string;
  colour: string;
  term: string;
}

export interface Relation {
  name: string;
  label: string;
  inverse: string;
  term: string;
}

export interface Raw {
  title: string;
  base: string;
  types: NodeType[];
  relations: Relation[];
  nodes: {
    id: string[];
    type: number[];
    label: string[];
    x: number[];
    y: number[];
    papers: number[];
    url: string[];
    aliases: Record<string, string[]>;
    links: Record<string, string[]>;
    path: Record<string, string>;
    community: number[];
  };
  papers: { node: number[]; date: string[]; year: number[]; authors: string[]; source: number[][]; url: string[] };
  sources: string[];
  communities: string[];
  claims: {
    source: number[];
    target: number[];
    relation: number[];
    paper: number[];
    confidence: number[];
    start: number[];
    end: number[];
    focus: number[][];
  };
  block: number;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }).fromBase64;
  if (native) return native.call(Uint8Array, base64);
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export async function unpackBytes(id: string): Promise<ArrayBuffer> {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page lacks its part ${id}`);
  const stream = new Blob([decode(element.textContent ?? "")]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

export async function unpack<T>(id: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await unpackBytes(id))) as T;
}

/** Abstracts come in blocks that are unpacked when one of theirs is first asked for. */
export class Abstracts {
  private readonly blocks = new Map<number, Promise<string[]>>();

  constructor(private readonly size: number) {}

  async get(paper: number): Promise<string> {
    const block = Math.floor(paper / this.size);
    let found = this.blocks.get(block);
    if (!found) {
      found = unpack<string[]>(`texts-${block}`);
      this.blocks.set(block, found);
    }
    return (await found)[paper % this.size];
  }
}
