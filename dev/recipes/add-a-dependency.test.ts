import { recipe } from "./recipe.ts";

recipe("add-a-dependency");
