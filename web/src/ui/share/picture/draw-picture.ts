// The picture to post: name and recipe above, the curve left, the newest sample right, below them
// where it comes from. Sizes are of the picture, which is the same on every screen.
import type { Colours } from '../../loss-panel/colours';
import { drawCurve } from './draw-curve';
import type { PictureFacts } from './facts';
import { wrapRuns, type Run } from './wrap';

export const PICTURE = { width: 1200, height: 675 } as const;

const MARGIN = 56;
const RIGHT = PICTURE.width - MARGIN;
const TOP = 112; // the hairline under the name
const BOTTOM = 606; // the hairline above the address
const SPLIT = 744; // where the sample begins
const CURVE = { left: MARGIN, right: SPLIT - 48, top: 164, bottom: 496 };
const LINE = 30; // of the sample

export interface PictureFonts {
  readonly sans: string;
  readonly mono: string;
}

export function drawPicture(
  context: CanvasRenderingContext2D,
  facts: PictureFacts,
  colours: Colours,
  { sans, mono }: PictureFonts,
): void {
  const pen = penOf(context, colours);
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, PICTURE.width, PICTURE.height);
  const name = pen.text('Clearformer', MARGIN, 76, `600 32px ${sans}`, 'ink');
  pen.right(facts.title, RIGHT, 76, `20px ${mono}`, 'muted', RIGHT - MARGIN - name - 40);
  pen.hairline(TOP);
  pen.text('Loss, nats a token', MARGIN, 146, `17px ${sans}`, 'muted');
  drawCurve(context, facts, CURVE, colours, `15px ${mono}`);
  pen.number('train', facts.train, MARGIN, sans, mono);
  pen.number('validation', facts.validation, MARGIN + 190, sans, mono);
  pen.right(facts.step, CURVE.right, 574, `20px ${mono}`, 'muted', 300);
  drawSample(context, facts, colours, { sans, mono });
  pen.hairline(BOTTOM);
  const print = facts.fingerprint ? `fingerprint ${facts.fingerprint}` : 'trained in a browser tab';
  pen.text(print, MARGIN, 644, `17px ${mono}`, 'muted');
  pen.right(facts.address, RIGHT, 644, `17px ${mono}`, 'accent', 640);
}

function drawSample(
  context: CanvasRenderingContext2D,
  { sample }: PictureFacts,
  colours: Colours,
  { sans, mono }: PictureFonts,
): void {
  context.textAlign = 'left';
  context.fillStyle = colours.muted;
  context.font = `17px ${mono}`;
  if (!sample) return;
  context.fillText(sample.step, SPLIT, 146);
  const fontOf = ({ strong }: Run) => `${strong ? 600 : 400} 21px ${sans}`;
  const measure = (run: Run) => {
    context.font = fontOf(run);
    return context.measureText(run.text).width;
  };
  const runs: Run[] = [
    { text: sample.prompt, strong: true },
    { text: sample.text, strong: false },
  ];
  const most = Math.floor((BOTTOM - 24 - 164) / LINE);
  context.fillStyle = colours.ink;
  wrapRuns(runs, RIGHT - SPLIT, most, measure).forEach((line, row) => {
    let x = SPLIT;
    for (const run of line) {
      const width = measure(run); // sets the font as well
      context.fillText(run.text, x, 190 + row * LINE);
      x += width;
    }
  });
}

type Ink = 'ink' | 'muted' | 'accent';

function penOf(context: CanvasRenderingContext2D, colours: Colours) {
  const text = (words: string, x: number, y: number, font: string, ink: Ink) => {
    context.textAlign = 'left';
    context.font = font;
    context.fillStyle = colours[ink];
    context.fillText(words, x, y);
    return context.measureText(words).width;
  };
  return {
    text,
    // Cut at its beginning's end where it is wider than `width`.
    right(words: string, x: number, y: number, font: string, ink: Ink, width: number) {
      context.font = font;
      let shown = words;
      while (context.measureText(shown).width > width) shown = `${shown.slice(0, -2)}…`;
      text(shown, x - context.measureText(shown).width, y, font, ink);
    },
    number(label: string, value: string, x: number, sans: string, mono: string) {
      const width = text(value, x, 574, `30px ${mono}`, 'ink');
      text(label, x + width + 10, 574, `17px ${sans}`, 'muted');
    },
    hairline(y: number) {
      context.fillStyle = colours.hairline;
      context.fillRect(MARGIN, y, RIGHT - MARGIN, 1);
    },
  };
}
