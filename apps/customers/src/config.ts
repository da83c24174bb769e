import { addressSetting, type Settings, type Values } from '@platform/runtime';
import { type Address, type JournaledConfig, journaledConfig, journaledSettings } from '@platform/service';

/** The service's environment variables. */
export const customersSettings = {
  ...journaledSettings('customers', 50051),
  ATTRIBUTES_ADDRESS: addressSetting('attributes', 50053),
  LINKS_ADDRESS: addressSetting('links', 50054),
} satisfies Settings;

export interface CustomersConfig extends JournaledConfig {
  readonly attributes_address: Address;
  readonly links_address: Address;
}

/** The service's configuration, from its customersSettings. */
export function customersConfig(values: Values<typeof customersSettings>): CustomersConfig {
  return {
    ...journaledConfig('customers', values),
    attributes_address: values.ATTRIBUTES_ADDRESS,
    links_address: values.LINKS_ADDRESS,
  };
}
