import { addressSetting, type Settings, type Values } from '@platform/runtime';
import { type Address, type JournaledConfig, journaledConfig, journaledSettings } from '@platform/service';

/** The service's environment variables. */
export const linksSettings = {
  ...journaledSettings('links', 50054),
  CUSTOMERS_ADDRESS: addressSetting('customers', 50051),
  DIRECTORY_ADDRESS: addressSetting('directory', 50052),
} satisfies Settings;

export interface LinksConfig extends JournaledConfig {
  readonly customers_address: Address;
  readonly directory_address: Address;
}

/** The service's configuration, from its linksSettings. */
export function linksConfig(values: Values<typeof linksSettings>): LinksConfig {
  return {
    ...journaledConfig('links', values),
    customers_address: values.CUSTOMERS_ADDRESS,
    directory_address: values.DIRECTORY_ADDRESS,
  };
}
