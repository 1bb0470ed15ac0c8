import { type BodyEditor } from '../bodyEditor';
import { type Charts } from '../charts';
import { type Page } from '../page';

/** The parts of the page that a view uses. */
export interface ViewContext {
  readonly page: Page;
  readonly editor: BodyEditor;
  readonly charts: Charts;
}
