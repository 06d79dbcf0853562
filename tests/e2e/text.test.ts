import { describe, expect, it } from 'vitest';
import { eventually, type Visit, visitEach } from './browser';

let visit: Visit;
visitEach((begun) => (visit = begun));

const panel = () => visit.page.locator('.text-panel');
const chosen = () => panel().getByLabel('Text to learn from').locator('option:checked').innerText();
const told = () => panel().getByRole('alert').innerText();

describe('several files', () => {
  const files = {
    'part 10.txt': Buffer.from('And ten.'),
    'part 2.txt': Buffer.from('Then two.'),
    'part 1.txt': Buffer.from('Once one.'),
  };

  it('dropped at once are joined in the order of their names, which is shown', async () => {
    await visit.dropFiles(files);
    await panel().getByText('Joined in this order: part 1.txt, part 2.txt, part 10.txt.').waitFor();
    expect(await chosen()).toBe('part 1.txt and 2 more');
    expect(await panel().locator('.text-preview').innerText()).toBe(
      'Once one.\nThen two.\nAnd ten.',
    );
    await visit.button('Undo').click();
    await eventually(chosen).toContain('tiny stories');
  });

  it('picked at once are joined, too', async () => {
    const picked = Object.entries(files).map(([name, buffer]) => ({
      name,
      mimeType: 'text/plain',
      buffer,
    }));
    await visit.page.getByTestId('text-file').setInputFiles(picked);
    await panel()
      .getByText(/^Joined in this order: part 1\.txt, part 2\.txt/)
      .waitFor();
  });

  it('of which one is no text name that one, and nothing changes', async () => {
    await visit.dropFiles({ ...files, 'part 3.bin': Uint8Array.of(0, 1, 2, 3, 255, 0, 9) });
    await eventually(told).toMatch(/^“part 3\.bin”: This is a binary file, not a text/);
    await visit.dropFiles({ ...files, 'run.safetensors': Buffer.from('x') });
    await eventually(told).toBe('“run.safetensors” is a saved run, not a text. Open it alone.');
    expect(await chosen()).toContain('tiny stories');
  });
});

describe('a text in another encoding', () => {
  const latin1 = Buffer.from('Zu Anfang\nStra\xdfe und \x93Br\xfccke\x94\n'.repeat(50), 'latin1');

  it('is shown where it is no UTF-8, and can be read as Windows-1252', async () => {
    await visit.drop('german.txt', latin1);
    expect(await told()).toMatch(/^This is not UTF-8 text/);
    const faults = panel().locator('.faults');
    expect(await faults.innerText()).toContain('200 places are no UTF-8; the first 4:');
    const first = faults.locator('li').first();
    expect(await first.innerText()).toMatch(/^line 2, column 5\s*StraDFe und/);
    expect(await first.locator('.fault-bytes').innerText()).toBe('DF');

    await visit.button('Read it as Windows-1252').click();
    await eventually(chosen).toBe('german.txt, read as Windows-1252');
    expect(await panel().locator('.text-preview').innerText()).toContain('Straße und “Brücke”');
    expect(await panel().getByRole('alert').count()).toBe(0);
    expect(await faults.count()).toBe(0);
  });

  it('or with a sign in place of what is broken', async () => {
    await visit.drop('cut.txt', Buffer.from('Once a fox \xff ran.', 'latin1'));
    await panel().getByText('1 place is no UTF-8:').waitFor();
    await visit.button('Put \ufffd in their place').click();
    await eventually(chosen).toBe('cut.txt, mended');
    expect(await panel().locator('.text-preview').innerText()).toBe('Once a fox \ufffd ran.');
  });

  it('UTF-16 is read by its mark', async () => {
    await visit.drop('utf16.txt', Buffer.from('\ufeffOnce, 狐 was there.', 'utf16le'));
    expect(await told()).toContain('UTF-16');
    await visit.button('Read it as UTF-16').click();
    await eventually(chosen).toBe('utf16.txt, read as UTF-16');
    expect(await panel().locator('.text-preview').innerText()).toBe('Once, 狐 was there.');
  });

  it('one of several is mended in its place', async () => {
    await visit.dropFiles({ 'a.txt': Buffer.from('One.'), 'b.txt': latin1.subarray(0, 20) });
    await eventually(told).toMatch(/^“b\.txt”: This is not UTF-8/);
    await visit.button('Read it as Windows-1252').click();
    await panel().getByText('Joined in this order: a.txt, b.txt.').waitFor();
    expect(await panel().locator('.text-preview').innerText()).toMatch(/^One\.\nZu Anfang\nStraße/);
  });
});

describe('the text as tokens', () => {
  const view = () => visit.page.getByRole('dialog', { name: /fable|large/ });
  const facts = () => view().locator('.token-facts').innerText();

  it('shows tokens, characters with their counts, size, and where it is split', async () => {
    await visit.drop('fable.txt', Buffer.from('The fox, 狐.\n'.repeat(100)));
    await eventually(chosen).toBe('fable.txt');
    await visit.button('See its tokens').click();
    await eventually(() => view().locator('.text-figures').innerText()).toMatch(
      /size\s*1\.40 kB\s*characters\s*1,200\s*lines\s*100\s*different characters\s*11\s*tokens\s*1,200/,
    );
    const tokens = view().locator('.text-token');
    expect((await tokens.allInnerTexts()).slice(0, 12).join('')).toBe('The·fox,·狐.↵');
    const characters = view().locator('.vocabulary li');
    expect((await characters.allInnerTexts())[0]).toMatch(/^·\s*200$/);

    await tokens.nth(9).hover();
    expect(await facts()).toBe('Token 9, to learn from: “狐”, U+72D0, the model’s number 10');
    await view().getByRole('listbox').focus();
    await visit.page.keyboard.press('ArrowRight');
    expect(await facts()).toMatch(/^Token 10, to learn from: “\.”/);
    await visit.page.keyboard.press('End');
    expect(await facts()).toMatch(/^Token 1,199, held out: line end/);

    await visit.button('Go to the split').click();
    await view().getByText('held out from here').waitFor();
    const held = view().locator('.token-split + .text-token');
    expect(await held.getAttribute('data-token')).toBe('1080');
    expect(await view().getByTestId('repeats').innerText()).toMatch(
      /^100 % of the held-out part stands word for word in the training part/,
    );
  });

  it('follows the tokenizer and the split of the recipe', async () => {
    await visit.setRecipe({ tokenizer: 'byte', val_fraction: 0.5 });
    await visit.drop('fable.txt', Buffer.from('狐'.repeat(100)));
    await eventually(chosen).toBe('fable.txt');
    await visit.button('See its tokens').click();
    await eventually(() => view().locator('.text-token').first().innerText()).toBe('E7');
    await visit.button('Go to the split').click();
    expect(await view().locator('.token-split + .text-token').getAttribute('data-token')).toBe(
      '150',
    );
  });

  it('never lays out more than a window of a large text', async () => {
    // Made in the page, 30 MB; the last line is its own.
    const data = await visit.page.evaluateHandle(() => {
      const data = new DataTransfer();
      const line = 'It was the best of times, it was the worst of times, 時代.\n';
      data.items.add(new File([line.repeat(480_000), 'The end'], 'large.txt'));
      return data;
    });
    await visit.page.dispatchEvent('body', 'drop', { dataTransfer: data });
    await eventually(chosen).toBe('large.txt');
    await visit.button('See its tokens').click();
    await eventually(() => view().locator('.text-token').count()).toBe(480);
    const place = view().getByLabel('Place in the text');
    await place.focus();
    await visit.page.keyboard.press('End');
    await eventually(() => view().locator('.text-token').count()).toBe(1);
    await view().getByRole('listbox').focus();
    await visit.page.keyboard.press('ArrowLeft');
    const shown = (await view().locator('.text-token').allInnerTexts()).join('');
    expect(shown.endsWith('The·end')).toBe(true);
    expect(shown).toContain('時代');
  });
});
