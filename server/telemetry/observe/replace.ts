/** Replaces a method of one object. It is not enumerable, as methods of a class are. */
export function replace<T extends object, K extends keyof T>(of: T, name: K, value: T[K]): void {
  Object.defineProperty(of, name, { value, configurable: true, writable: true });
}
