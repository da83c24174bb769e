import { addressSetting, type Settings, type Values } from '@platform/runtime';
import { type Address, type ServiceConfig, serviceConfig, serviceSettings } from '@platform/service';

/** The service's environment variables. */
export const attributesSettings = {
  ...serviceSettings('attributes', 50053),
  CUSTOMERS_ADDRESS: addressSetting('customers', 50051),
} satisfies Settings;

export interface AttributesConfig extends ServiceConfig {
  readonly customers_address: Address;
}

/** The service's configuration, from its attributesSettings. */
export function attributesConfig(values: Values<typeof attributesSettings>): AttributesConfig {
  return { ...serviceConfig('attributes', values), customers_address: values.CUSTOMERS_ADDRESS };
}
