export { OverviewPanels } from './overviewPanels';
