"""An instance that lacks a value converges under every answer of the API, and is deployed once it has it."""

from __future__ import annotations

import pytest
from support.world import World

from reconciler.sandbox.data.variants import Variants

DEFINITION = """
definitionVersion: 7
name: Needy
flows: []
requiredConfigVars:
  - {key: Given, dataType: string, defaultValue: ""}
  - {key: Needed, dataType: string}
"""
MANIFESTS = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: needy}
spec:
  customer: {name: FTL}
  name: Needy
  integration: {name: Needy}
"""
ANSWERS = Variants.choices()["deploy_unconfigured"]


def complete(world: World) -> None:
    """Enter the missing value, as the customer does."""
    (instance,) = world.rows("instances", name="Needy", isSystem=0)
    (variable,) = [row for row in world.rows("config_variables", instance=instance["id"]) if row["value"] is None]
    world.sandbox.store.update("config_variables", variable["id"], value="entered by the customer")


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_second_plan_is_empty_and_says_what_is_missing(answer: str) -> None:
    """Whatever the API answers to the deploy, it is asked once; a plan after that warns where it was not done."""
    with World(Variants(deploy_unconfigured=answer)) as world:
        world.seed.integration(DEFINITION)
        world.seed.customer("FTL")
        (result,) = world.apply(MANIFESTS)
        assert result.ok is (answer != "refused")
        plan = world.plan(MANIFESTS)
        assert plan.empty
        assert [("'Needed'" in each.message) for each in plan.warnings] == ([] if answer == "allowed" else [True])
        world.forget()
        assert not world.apply(MANIFESTS)
        assert not world.mutations


@pytest.mark.parametrize("answer", ["refused", "ignored"])
def test_an_instance_is_deployed_once_its_missing_value_is_entered(answer: str) -> None:
    """The next run after the value is there deploys, and then nothing is left to do or to say."""
    with World(Variants(deploy_unconfigured=answer)) as world:
        world.seed.integration(DEFINITION)
        world.seed.customer("FTL")
        world.apply(MANIFESTS)
        complete(world)
        world.forget()
        assert [result.ok for result in world.apply(MANIFESTS)] == [True]
        assert world.mutation_names() == ["deployInstance"]
        plan = world.plan(MANIFESTS)
        assert plan.empty
        assert not plan.warnings


@pytest.mark.parametrize("answer", ANSWERS)
def test_null_deploys_without_a_value(answer: str) -> None:
    """Null in the manifest asks for a deploy without a value: each run tries it, and says that it may be refused."""
    with World(Variants(deploy_unconfigured=answer)) as world:
        world.seed.integration(DEFINITION)
        world.seed.customer("FTL")
        text = MANIFESTS + "  configVariables: {Needed: null}\n"
        world.apply(text)
        plan = world.plan(text)
        assert plan.empty is (answer == "allowed")
        assert len([each for each in plan.warnings if "is null and has no default" in each.message]) == (
            answer != "allowed"
        )
