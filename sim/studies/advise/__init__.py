"""A better plan by the mediator's own means, and what each part of the mediation adds."""
