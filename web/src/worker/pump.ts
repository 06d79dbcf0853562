// Calls `work` again and again as long as it says that there is more, each time as a message of its
// own, so that messages from the page come in between. A hidden tab throttles timers, not messages.
export class Pump {
  private readonly channel = new MessageChannel();
  private awake = false;

  constructor(private readonly work: () => boolean) {
    this.channel.port1.onmessage = () => {
      this.awake = false;
      if (this.work()) this.wake();
    };
  }

  wake(): void {
    if (this.awake) return;
    this.awake = true;
    this.channel.port2.postMessage(null);
  }

  close(): void {
    this.channel.port1.close();
  }
}
