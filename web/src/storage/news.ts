// Tells the page's other tabs that a run in the storage is another now.
const CHANNEL = 'clearformer-runs';

export class News {
  private channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);

  constructor(onChange: () => void) {
    if (this.channel) this.channel.onmessage = onChange;
  }

  tell(): void {
    this.channel?.postMessage(null);
  }

  close(): void {
    this.channel?.close();
    this.channel = null;
  }
}
