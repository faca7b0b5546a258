// A neighbourhood in rings: the selected node in the middle, its neighbours around it, theirs behind them.

import type { Model } from "./model";

/** A place for each node, those of one type side by side. */
export function arrangeRings(model: Model, selected: number, nodes: Int32Array): Map<number, { x: number; y: number }> {
  const rings = new Map<number, { x: number; y: number }>();
  const near = model.within(selected, 1);
  const [cx, cy] = [0, 0];
  const unit = 9000 / Math.max(4, Math.sqrt(nodes.length) * 1.6);
  rings.set(selected, { x: cx, y: cy });
  const bearing = (i: number): number => Math.atan2(model.y[i] - model.y[selected], model.x[i] - model.x[selected]);
  const first = [...nodes].filter((i) => i !== selected && near.has(i));
  first.sort((a, b) => model.type[a] - model.type[b] || bearing(a) - bearing(b) || a - b);
  const angle = new Map<number, number>();
  const ring = (members: number[], from: number): number => {
    let radius = from;
    for (let at = 0; at < members.length; ) {
      const room = Math.max(6, Math.floor((2 * Math.PI * radius) / (unit * 1.15)));
      const here = members.slice(at, at + room);
      here.forEach((i, k) => {
        const turn = angle.get(i) ?? ((k + 0.5) / here.length) * 2 * Math.PI;
        angle.set(i, turn);
        rings.set(i, { x: cx + radius * Math.cos(turn) * 1.25, y: cy + radius * Math.sin(turn) });
      });
      at += room;
      radius += unit * 1.3;
    }
    return radius;
  };
  const outside = ring(first, unit * Math.max(2.2, Math.min(6, first.length / 8)));
  const second = [...nodes].filter((i) => i !== selected && !near.has(i));
  // Behind whoever leads to them, then evened out, so that none covers another.
  const parent = (i: number): number => {
    for (const c of model.claimsAt(i)) {
      const other = model.other(c, i);
      if (model.claimOn[c] && near.has(other) && other !== selected) return angle.get(other) ?? 0;
    }
    return 0;
  };
  const bound = new Map(second.map((i) => [i, parent(i)]));
  second.sort((a, b) => (bound.get(a) ?? 0) - (bound.get(b) ?? 0) || a - b);
  const per = Math.max(12, Math.floor((2 * Math.PI * (outside + unit)) / (unit * 0.8)));
  second.forEach((i, k) => {
    const layers = Math.ceil(second.length / per);
    const turn = ((k + 0.5) / second.length) * 2 * Math.PI;
    const radius = outside + unit * (0.6 + 1.1 * (k % layers));
    rings.set(i, { x: cx + radius * Math.cos(turn) * 1.25, y: cy + radius * Math.sin(turn) });
  });
  return rings;
}
