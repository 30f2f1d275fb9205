import { recipe } from "./recipe.ts";

recipe("add-an-alert");
