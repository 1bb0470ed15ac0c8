/** Type of the webview panel; also in the activation events. */
export const overviewViewType = 'iotHubWorkbench.hubOverview';
