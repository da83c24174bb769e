import { addressSetting, type Settings, type Values } from '@platform/runtime';
import { type Address, type JournaledConfig, journaledConfig, journaledSettings } from '@platform/service';

/** The service's environment variables. */
export const attributesSettings = {
  ...journaledSettings('attributes', 50053),
  CUSTOMERS_ADDRESS: addressSetting('customers', 50051),
} satisfies Settings;

export interface AttributesConfig extends JournaledConfig {
  readonly customers_address: Address;
}

/** The service's configuration, from its attributesSettings. */
export function attributesConfig(values: Values<typeof attributesSettings>): AttributesConfig {
  return { ...journaledConfig('attributes', values), customers_address: values.CUSTOMERS_ADDRESS };
}
