// What follows is a task of its own: the browser draws, and hears the person, in between.
export const nextTask = () => new Promise<void>((resolve) => setTimeout(resolve));
