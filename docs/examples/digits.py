"""Train a network on handwritten digits with an emitted module: NumPy, and nothing else.

symback emit --layers 64,48,10 --activations relu,softmax --loss cross-entropy --style fast
    --weight-decay 0.0001 -o gradients.py
python digits.py
"""

import numpy as np
from gradients import Parameters, Workspace, forward, initialize, loss_and_gradients
from sklearn.datasets import load_digits

EPOCHS, BATCH, RATE, MOMENTUM = 40, 32, 0.05, 0.9


def main():
    images, digits = load_digits(return_X_y=True)
    x, y = images / 16, np.eye(10)[digits]
    rng = np.random.default_rng(0)
    order = rng.permutation(len(x))
    train, test = order[:1500], order[1500:]

    parameters = initialize(seed=0)
    velocity = Parameters(*(np.zeros_like(array) for array in parameters))
    workspace = Workspace(BATCH)  # the gradients are written here, step after step
    for epoch in range(1, EPOCHS + 1):
        total, steps = 0.0, 0
        for start in range(0, len(train) - BATCH + 1, BATCH):
            batch = train[start : start + BATCH]
            loss, gradients = loss_and_gradients(
                parameters, x[batch], y[batch], workspace=workspace
            )
            for array, speed, gradient in zip(parameters, velocity, gradients, strict=True):
                speed *= MOMENTUM
                speed -= RATE * gradient
                array += speed
            total, steps = total + loss, steps + 1
        rng.shuffle(train)
        if epoch % 10 == 0:
            print(f"epoch {epoch}: loss {total / steps:.4f}")
    right = forward(parameters, x[test]).argmax(axis=1) == digits[test]
    print(f"{right.sum()} of {len(test)} digits that it has not seen are right: {right.mean():.1%}")


if __name__ == "__main__":
    main()
