// A map of numbers from 0 to 1 as an image: transparent to the accent. By square roots, so that the
// small weights of a long row are seen at all; the legend says so.
export const shadeOfWeight = (weight: number) => Math.sqrt(weight);

// `colour` as the browser resolves it: "rgb(11, 102, 112)".
export function drawHeat(
  canvas: HTMLCanvasElement,
  map: Float32Array,
  size: number,
  colour: string,
): void {
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  if (!context || size === 0) return;
  const image = context.createImageData(size, size);
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  for (let i = 0; i < size * size; i++) {
    image.data.set([red, green, blue, Math.round(255 * shadeOfWeight(map[i] ?? 0))], 4 * i);
  }
  context.putImageData(image, 0, 0);
}
