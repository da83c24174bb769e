"""grpcio with the contract from reflection: deadlines, failures with long texts, calls of what is not there."""

import os
import time

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

BANK_ID = os.environ["BANK_ID"]
METADATA = [("directlogin", f"token={os.environ['TOKEN']}")]
channel = grpc.insecure_channel(os.environ["ADDRESS"])
contract = ProtoReflectionDescriptorDatabase(channel)
pool = descriptor_pool.DescriptorPool(contract)


def message(name, **fields):
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))(**fields)


def call(path, request, timeout):
    return channel.unary_unary(path, request_serializer=lambda each: each.SerializeToString())(request, timeout=timeout, metadata=METADATA)


def failure(path, request, timeout=60):
    try:
        call(path, request, timeout)
    except grpc.RpcError as error:
        return error.code(), error.details()
    raise AssertionError(f"{path} did not fail")


services = contract.get_services()
assert "obp.customers.v1.CustomerService" in services, services
for service in services:
    assert pool.FindServiceByName(service).methods, service

create = "/obp.customers.v1.CustomerService/CreateCustomer"
body = message("obp.customers.v1.PostCustomerJsonV310", legal_name="Petra Python", mobile_phone_number="1")
for seconds in (30, 40, 60, 30 * 86_400, 45 * 86_400):
    call(create, message("obp.customers.v1.CreateCustomerRequest", bank_id=BANK_ID, body=body), seconds)

read = "/obp.views.v1.CustomerViewService/GetCustomerByCustomerId"
for customer_id in ("none", "x" * 10_000, "ß" * 10_000):
    code, details = failure(read, message("obp.views.v1.GetCustomerByCustomerIdRequest", bank_id=BANK_ID, customer_id=customer_id))
    assert code == grpc.StatusCode.NOT_FOUND and details.startswith("OBP-30046: "), (code, details)


def endless():
    yield b""
    time.sleep(60)


for path in ("/obp.customers.v1.CustomerService/Nothing", "/grpc.health.v1.Health/Check"):
    started = time.monotonic()
    try:
        channel.stream_unary(path)(endless(), timeout=30)
        raise AssertionError(f"{path} is served")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED, error
    assert time.monotonic() - started < 5, f"{path} was waited for"

print(f"grpcio: {len(services)} services by reflection, long deadlines, long failures, unknown methods", flush=True)
# The stream that never ends has a thread of its own.
os._exit(0)
