import { addressSetting, type Settings, type Values } from '@platform/runtime';
import { type Address, type JournaledConfig, journaledConfig, journaledSettings } from '@platform/service';

/** The service's environment variables. */
export const agentsSettings = {
  ...journaledSettings('agents', 50055),
  DIRECTORY_ADDRESS: addressSetting('directory', 50052),
  LINKS_ADDRESS: addressSetting('links', 50054),
} satisfies Settings;

export interface AgentsConfig extends JournaledConfig {
  readonly directory_address: Address;
  readonly links_address: Address;
}

/** The service's configuration, from its agentsSettings. */
export function agentsConfig(values: Values<typeof agentsSettings>): AgentsConfig {
  return {
    ...journaledConfig('agents', values),
    directory_address: values.DIRECTORY_ADDRESS,
    links_address: values.LINKS_ADDRESS,
  };
}
