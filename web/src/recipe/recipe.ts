// A recipe as JSON has it: every setting of the engine's schema by its name.
export type SettingValue = number | boolean | string;
export type Recipe = Readonly<Record<string, SettingValue>>;
