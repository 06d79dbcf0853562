import { toBase64url } from './base64url';

// Null where the page is not served over https, and the browser gives no digests.
export async function sha256(bytes: Uint8Array): Promise<string | null> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) return null;
  // A copy, because bytes of shared memory are refused.
  return toBase64url(new Uint8Array(await subtle.digest('SHA-256', new Uint8Array(bytes))));
}
