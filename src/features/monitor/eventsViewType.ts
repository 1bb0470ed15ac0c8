/** Type of the webview panel; also in the activation events. */
export const eventsViewType = 'iotHubWorkbench.events';
