// Numbers as the page writes them. All widths are steady, so that nothing jitters.
export const NOTHING = '–'; // where there is no number

// 1234567 -> "1,234,567". The browser's own formatter takes longer to set up than the page to draw.
export function formatCount(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NOTHING;
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

// 0.0009132 -> "9.13e-4"
export function formatRate(value: number | null | undefined): string {
  return value == null || !Number.isFinite(value) ? NOTHING : value.toExponential(2);
}

// 0.0009132 -> "9.13e-4", 8.2961 -> "8.30"
export function formatMagnitude(value: number | null | undefined): string {
  if (value === 0) return '0';
  const plain = value != null && Math.abs(value) >= 0.1 && Math.abs(value) < 999.5;
  return plain ? value.toPrecision(3) : formatRate(value);
}

// 3.9271 -> "3.927"; one that has no place is shorter: 25934839.2 -> "2.59e+7"
export function formatLoss(value: number | null | undefined): string {
  const plain = value != null && Math.abs(value) < 9999.5;
  return plain ? value.toFixed(3) : formatRate(value);
}

// 1,234,567 -> "1.23 M"
export function formatMillions(value: number): string {
  return scaled(value, 1000, ['', ' k', ' M', ' G']);
}

// 312,000 -> "312 kB"
export function formatBytes(value: number): string {
  return scaled(value, 1000, [' B', ' kB', ' MB', ' GB']);
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits) + units[unit];
}

// 0.0123 -> "12 ms"
export function formatStepTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return NOTHING;
  if (seconds >= 10) return `${seconds.toFixed(0)} s`;
  if (seconds >= 1) return `${seconds.toFixed(1)} s`;
  return `${Number((seconds * 1000).toPrecision(2))} ms`;
}

export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return NOTHING;
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  const hours = seconds / 3600;
  return hours < 48 ? `${hours.toFixed(1)} h` : `${Math.round(hours / 24)} d`;
}

// A probability: "62 %", "3.1 %", "<0.1 %".
export function formatChance(value: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  const percent = value * 100;
  if (percent < 0.1) return '<0.1 %';
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

export function formatShare(value: number): string {
  return `${Math.round(value * 100)} %`;
}

// A name that any file system takes.
export function fileName(name: string, step: number): string {
  const plain = name
    .toLowerCase()
    .replace(/\.[a-z0-9]{1,8}$/u, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return `${plain.slice(0, 60) || 'run'}-step-${step}.safetensors`;
}
