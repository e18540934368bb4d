import type { JsonObject } from '../json.js';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** An unfinished item of the output. */
export interface OutputItem {
  /** Emits its end; nothing may be added afterwards. Returns the whole item. */
  close(status: ItemStatus): JsonObject;
}

/** An item's slot in the output, which emits its events. */
export interface ItemSlot {
  /** The same in all events and in the whole response. */
  readonly id: string;
  added(item: JsonObject): void;
  /** Emits an event about the item; the item's id and index are added. */
  emit(type: string, members: JsonObject): void;
  done(item: JsonObject): void;
}
