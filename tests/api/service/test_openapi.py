"""The description of the API is valid, French, and true."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings as configured
from jsonschema_rs import Draft202012Validator, validator_for
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.service import examples, openapi
from api.service.schemas import Schemas
from graph.model import KINDS, Kind, World
from queries.answers import Named

Answer: TypeAlias = Callable[[str], Any]
