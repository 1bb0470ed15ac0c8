import { type BodyEditor } from '../bodyEditor';
import { type Charts } from '../charts';
import { type Page } from '../page';

/** What a view draws from. */
export interface ViewContext {
  readonly page: Page;
  readonly editor: BodyEditor;
  readonly charts: Charts;
}
