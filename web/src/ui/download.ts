import type { RunFiles } from '../state/run-files';

const KEPT_MS = 60_000;

// Hands a file to the browser's downloads.
export function download(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  downloadBlob(name, new Blob([bytes], { type: 'application/octet-stream' }));
}

export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers take hold of the blob only some time after the press.
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

// The run at hand, as a file.
export async function downloadRun(files: RunFiles): Promise<void> {
  const file = await files.save();
  if (file) download(file.name, file.bytes);
}
