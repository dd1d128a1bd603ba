/** To be filled field by field before it is handed out. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
