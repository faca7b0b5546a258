// How a name is written on a canvas.

export interface LabelBox {
  node: number;
  x: number;
  y: number;
  size: number;
  text: string;
  width: number;
  light: boolean;
}

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif';

export function font(size: number, light: boolean): string {
  return `${light ? "italic 400" : "600"} ${size}px ${FONT}`;
}

export function drawLabels(context: CanvasRenderingContext2D, boxes: LabelBox[], colour: string, halo: string): void {
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = halo;
  context.fillStyle = colour;
  for (const box of boxes) {
    context.font = font(box.size, box.light);
    context.strokeText(box.text, box.x, box.y);
    context.fillText(box.text, box.x, box.y);
  }
}
