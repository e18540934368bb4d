import type { JsonObject } from '../json.js';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** An item of the output that is still being told. */
export interface OutputItem {
  /** Tells its end; nothing may be added afterwards. Returns the whole item. */
  close(status: ItemStatus): JsonObject;
}

/** Where an item stands in the output, and where its events go. */
export interface Place {
  /** The same in all events and in the whole response. */
  readonly id: string;
  added(item: JsonObject): void;
  /** An event about the item; which item it is about is added here. */
  emit(type: string, members: JsonObject): void;
  done(item: JsonObject): void;
}
