/** As `onWebviewPanel:` of package.json names it. */
export const panelType = 'iotHubWorkbench.publish';
