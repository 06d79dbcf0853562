// Links that were sent, of each version there was: they stay readable, and say what they said. A
// default that changes would change what version 1 leaves unsaid: it needs a new version then.
import { expect, it } from 'vitest';
import { decodeLink } from '../../../web/src/share/link';
import version1 from './golden/version-1.json';

it.each(version1)('version 1: $name', async ({ link, says }) => {
  const { value, error } = await decodeLink(link);
  expect(error).toBeNull();
  const model = value?.model ? Buffer.from(value.model).toString('base64') : null;
  // Settings that came later have a default that changes nothing.
  expect({ ...value, model }).toMatchObject(says);
});
