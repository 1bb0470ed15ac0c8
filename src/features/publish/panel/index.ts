export { PublishPanels } from './publishPanels';
