import pytest
from trainer.model import Model, fit


def test_the_cold_costs_energy():
    model = fit([(17.0, 10.0), (7.0, 30.0), (12.0, 20.0)])
    assert (model.base, model.slope) == (pytest.approx(10.0), pytest.approx(2.0))


def test_beyond_comfort_nothing_changes():
    assert Model(base=10.0, slope=2.0).predict(25.0) == 10.0


def test_samples_of_one_temperature_give_a_flat_model():
    assert fit([(5.0, 8.0), (5.0, 12.0)]) == Model(base=10.0, slope=0.0)
