export { newId, newUuid } from '../db/new-id.ts';
